"""The only place that knows everything: settings, urls, processes, schedule, the command line."""
