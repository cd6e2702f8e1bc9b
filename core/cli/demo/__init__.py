"""`bot.py demo`: the simulator and the ordinary bot, two processes, watched and restarted."""

from core.cli.demo.plan import Plan
from core.cli.demo.show import run

__all__ = ["Plan", "run"]
