"""Static files under names that hold their content's hash, the imports of script modules included."""

from __future__ import annotations

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedStaticFilesStorage(ManifestStaticFilesStorage):
    """Also rewrites `import … from "./other.js"`, so that a module and what it imports change together."""

    support_js_module_import_aggregation = True
