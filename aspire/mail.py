"""Mail on a developer's machine: kept as files and shown in the terminal."""

import sys

from django.core.mail.backends.filebased import EmailBackend


class FileAndTerminalBackend(EmailBackend):
    """Write each mail to EMAIL_FILE_PATH and to the terminal."""

    def write_message(self, message) -> None:
        super().write_message(message)
        sys.stdout.write(message.message().as_string() + "\n" + "-" * 79 + "\n")
        sys.stdout.flush()
