"""validate.py CRD_FILE... < MANIFESTS: checks manifests against the schemas of the oldest supported and the newest Kubernetes.
It checks custom resources against their definitions. It refuses fields and kinds that the schemas do not know."""

import sys

import jsonschema
import kubernetes_validate
import yaml

KUBERNETES = ["1.30", "1.37"]


def closed(schema):
    """Forbids unknown fields. Schemas of custom resources allow them, because API servers drop such fields."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    room = {} if schema.get("type") != "object" or "properties" not in schema else {"additionalProperties": False}
    return room | {key: closed(part) for key, part in schema.items()}


def custom_schemas(files):
    """Yields the schema of each version of each custom resource, with its API version and kind."""
    for file in files:
        with open(file) as text:
            definitions = [part for part in yaml.safe_load_all(text) if part and part["kind"] == "CustomResourceDefinition"]
        for spec in (definition["spec"] for definition in definitions):
            for version in spec["versions"]:
                key = (f"{spec['group']}/{version['name']}", spec["names"]["kind"])
                yield key, closed(version["schema"]["openAPIV3Schema"])


def validate(manifest, custom):
    schema = custom.get((manifest["apiVersion"], manifest["kind"]))
    if schema is not None:
        jsonschema.validate(manifest, schema)
        return
    for version in KUBERNETES:
        kubernetes_validate.validate(manifest, version, strict=True)


custom = dict(custom_schemas(sys.argv[1:]))
failed = False
for manifest in yaml.safe_load_all(sys.stdin):
    try:
        validate(manifest, custom)
    except (jsonschema.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
        place = "".join(f"/{part}" for part in getattr(error, "path", []))
        print(f"{manifest['kind']} {manifest['metadata']['name']}{place}: {error.message}", file=sys.stderr)
        failed = True
sys.exit(failed)
