"""allauth's table of sessions, without its own listeners: ``sessions.py`` fills and empties it."""

from allauth.usersessions.apps import UserSessionsConfig as BaseConfig


class UserSessionsConfig(BaseConfig):
    """The same app; its listeners expect a request with a person, which a sign-in by a command or job has not."""

    default = False

    def ready(self) -> None:
        """Connect nothing."""
