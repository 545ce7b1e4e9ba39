"""What can be done? One function a use case: permission → load and lock → rules → write → audit → outbox."""
