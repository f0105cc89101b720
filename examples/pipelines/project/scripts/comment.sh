#!/bin/sh
# What people read at a pull request, in Markdown: preflight, and what would change. Of what is very long the end.
for part in preflight preview; do
  [ -s "out/$part.txt" ] || continue
  printf '### %s of %s\n\n```text\n' "$part" "$PULUMI_STACK"
  tail -c 30000 "out/$part.txt"
  printf '```\n\n'
done
