"""What the bank decides and why: pure, standard library only, no clock, no chance, no I/O."""
