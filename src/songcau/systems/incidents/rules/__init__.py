"""What is allowed? States, deadlines and limits of incidents: pure functions on plain data, `now` handed in."""
