"""Three forms of measures and a game, as another package would bring them."""
