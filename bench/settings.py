"""The demo's settings, for measuring: plus the template of the bare page that ours are compared with."""

from fonds.site.settings.demo import *  # noqa: F403
from fonds.site.settings.demo import FONDS_UNCACHED_PATHS, ROOT, TEMPLATES

TEMPLATES[0]["DIRS"] = [ROOT / "bench" / "templates", *TEMPLATES[0]["DIRS"]]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
# The bare page is what Wagtail does by itself: it is answered anew each time.
FONDS_UNCACHED_PATHS = [*FONDS_UNCACHED_PATHS, "/bare/"]
# What is measured comes from one address.
FONDS_RATE_LIMITS = {}
AXES_ENABLED = False
