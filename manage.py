#!/usr/bin/env python
"""Django's command line for Fonds; the demo settings are the default, production names its own."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fonds.site.settings.demo")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
