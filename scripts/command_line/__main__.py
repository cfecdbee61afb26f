"""`python -m scripts.command_line`: what scripts/whisper starts."""

from __future__ import annotations

from scripts.command_line.whisper import whisper

if __name__ == "__main__":
    whisper(prog_name="whisper")
