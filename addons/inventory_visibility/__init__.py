from . import controllers, detectors, models, wizard
