"""Composition root: settings, urls, celery, health. May import anyone; imported by no one."""

from invoiceapp.celery import app as celery_app

__all__ = ["celery_app"]
