"""oldest.py < MANIFESTS: checks manifests against the schemas of the oldest supported Kubernetes. It refuses fields and kinds that
the schemas do not know. `api-server-check` checks custom resources."""

import sys

import kubernetes_validate
import yaml

OLDEST = "1.30"

failed = False
for manifest in yaml.safe_load_all(sys.stdin):
    try:
        kubernetes_validate.validate(manifest, OLDEST, strict=True)
    except kubernetes_validate.ValidationError as error:
        place = "".join(f"/{part}" for part in error.path)
        print(f"{manifest['kind']} {manifest['metadata']['name']}{place}: {error.message}", file=sys.stderr)
        failed = True
    except kubernetes_validate.SchemaNotFoundError:
        # A custom resource. A built-in kind has no dot in its group, or one of Kubernetes' own groups.
        if manifest["apiVersion"].split("/")[0] in ("v1", "apps", "batch", "autoscaling", "policy", "networking.k8s.io"):
            raise
sys.exit(failed)
