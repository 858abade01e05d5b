"""What a person sees at one time."""
