// Builds the three images for both architectures: docker buildx bake --push. Each image gets an SBOM and its provenance.
//
//   REGISTRY=images.example.com VERSION=0.3.0 REVISION=$(git rev-parse HEAD) docker buildx bake --push

variable "REGISTRY" {
  default = "images.example.com"
}

variable "VERSION" {
  default = "0.2.0"
}

variable "REVISION" {
  default = ""
}

group "default" {
  targets = ["orders-api", "gateway", "web"]
}

target "orders-api" {
  inherits = ["image"]
  target   = "orders-api"
  tags     = ["${REGISTRY}/galley/orders-api:${VERSION}"]
}

target "gateway" {
  inherits = ["image"]
  target   = "gateway"
  tags     = ["${REGISTRY}/galley/gateway:${VERSION}"]
}

target "web" {
  inherits = ["image"]
  target   = "web"
  tags     = ["${REGISTRY}/galley/web:${VERSION}"]
}

// What the images have in common. Node has no compiled packages here, so an image is built for an architecture by emulation.
target "image" {
  context   = "."
  platforms = ["linux/amd64", "linux/arm64"]
  args = {
    VERSION  = VERSION
    REVISION = REVISION
  }
  attest = ["type=provenance,mode=max", "type=sbom"]
}
