"""Static files under names that hold their content's hash, the imports of script modules included."""

from __future__ import annotations

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedStaticFilesStorage(ManifestStaticFilesStorage):
    """Also rewrites `import … from "./other.js"`, so that a module and what it imports change together."""

    support_js_module_import_aggregation = True
    # A name settles one pass after the names of what its module imports: as many passes as the longest chain of
    # imports may take. A circle of imports never settles, and still fails.
    max_post_process_passes = 25
