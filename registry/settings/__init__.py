"""Every setting of the registry, a file for each section, in Django's order.

Nothing needs to be set on one machine. What an operator may set is listed in .env.example.
"""

from registry.settings.environment import *
from registry.settings.machine import *
from registry.settings.security import *
from registry.settings.applications import *
from registry.settings.databases import *
from registry.settings.caches import *
from registry.settings.auth import *
from registry.settings.rest import *
from registry.settings.outside import *
from registry.settings.storages import *
from registry.settings.queueing import *
from registry.settings.internationalization import *
from registry.settings.static import *
from registry.settings.logs import *
