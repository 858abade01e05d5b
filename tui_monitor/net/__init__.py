"""The doors to the network: closed unless a person opens one."""
