"""Checks of whole data sets: good enough for training, evaluation or scoring?"""
