"""What /v1 answers, noun by noun, as Shapes."""
