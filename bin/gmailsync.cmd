@echo off
node "%~dp0gmailsync.cjs" %*
