"""A course kit for Jupyter: releases made from master notebooks, and submissions graded against them."""

from autograder.light import load_light

load_light()
