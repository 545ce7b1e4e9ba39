"""The live city: entities, history, subscriptions. No Django. So far a process that says how it is."""
