"""How a browser follows the live city: server-sent events."""
