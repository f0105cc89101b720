@echo off
node "%~dp0pulumi-resource-gmailsync.cjs" %*
