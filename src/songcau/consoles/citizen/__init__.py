"""The citizens' portal: report, follow, look at what others reported. It enters systems by their public doors."""
