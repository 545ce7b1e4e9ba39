"""What every city system stands on."""
