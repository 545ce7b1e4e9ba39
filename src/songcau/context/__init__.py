"""The live city: entities, history, subscriptions. No Django. Built by a later issue; this floor is empty so far."""
