"""Vectors of meaning: engines that make them, and finding the nearest among millions. Pure: no Django."""
