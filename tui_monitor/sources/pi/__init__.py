"""Pi and the agents that save sessions in its format: oh-my-pi and OpenClaw."""
