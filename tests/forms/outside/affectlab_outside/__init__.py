"""Three forms of measures, a form of task and a game, as another package would bring them."""
