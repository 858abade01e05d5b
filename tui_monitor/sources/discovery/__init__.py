"""Finding sessions: the registry of formats, agents' folders, paths of the command line."""
