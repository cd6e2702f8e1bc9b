"""Embeds, buttons and formats: functions of domain values."""
