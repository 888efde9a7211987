package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	sigs "sigs.k8s.io/yaml"
)

// manifest is one document of the input. `text` is its JSON.
type manifest struct {
	unstructured.Unstructured
	text []byte
}

func readManifests(input io.Reader) ([]manifest, error) {
	var manifests []manifest
	documents := yaml.NewYAMLReader(bufio.NewReader(input))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return manifests, nil
		}
		if err != nil {
			return nil, err
		}
		// Strict: a key that is given twice is an error.
		text, err := sigs.YAMLToJSONStrict(document)
		if err != nil {
			return nil, err
		}
		if string(text) == "null" {
			continue
		}
		read := manifest{text: text}
		if err := read.UnmarshalJSON(text); err != nil {
			return nil, fmt.Errorf("a document is no manifest: %w", err)
		}
		manifests = append(manifests, read)
	}
}
