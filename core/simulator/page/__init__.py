"""The demo page of the simulator."""
