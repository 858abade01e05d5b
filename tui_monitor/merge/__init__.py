"""Pure reducers: the events of a call, an agent, a session, a context become one record each.

Live state holds these records, the store maps them to rows, and history hands them back whole: so what is shown after
a restart is what was shown before it. A record chooses by rank (`ranked`), which makes it independent of the order in
which events are read, except where two events of one instant disagree and nothing else decides.
"""
