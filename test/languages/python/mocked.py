"""Runs programs one after the other without an engine: what they register and call is taken as given."""

import re
import runpy
import sys
from pathlib import Path

import pulumi


# What resources and functions tell and other resources need.
IDS = {"profileId": "any", "mailboxId": "any"}


class Given(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return f"{args.name}-id", {**IDS, **args.inputs}

    def call(self, args):
        return dict(IDS)


for file in sys.argv[1:]:
    settings = re.findall(r'require(?:_secret)?\("(\w+)"\)', Path(file).read_text())
    pulumi.runtime.set_mocks(Given(), project="documents", stack="test")
    pulumi.runtime.set_all_config({f"documents:{name}": "any" for name in settings})
    try:
        pulumi.runtime.test(lambda: runpy.run_path(file))()
    except Exception as error:
        sys.exit(f"{file}: {error}")
