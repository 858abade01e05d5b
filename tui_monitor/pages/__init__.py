"""What pages of HTML are made of: one file each, without scripts and links, light and dark, that reloads itself."""
