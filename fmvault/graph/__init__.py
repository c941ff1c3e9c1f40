"""The concept graph: notes and the notes that are yet to be written, joined by what the links between them mean."""

from fmvault.graph.concept_graph import ConceptGraph, Edge, Node, build

__all__ = ["ConceptGraph", "Edge", "Node", "build"]
