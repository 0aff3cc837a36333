"""Tasks."""

from affectlab.materials.schema import Task

TaskMaterial = Task
__all__ = ["Task", "TaskMaterial"]
