"""What memories, their entries and their terms let be done to them."""
