"""Pure reducers: how the events of a call, an agent, a session and a context become one record each."""
