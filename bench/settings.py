"""The demo's settings, for measuring: plus the template of the bare page that ours are compared with."""

from fonds.site.settings.demo import *  # noqa: F403
from fonds.site.settings.demo import ROOT, TEMPLATES

TEMPLATES[0]["DIRS"] = [ROOT / "bench" / "templates", *TEMPLATES[0]["DIRS"]]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
