// Package main validates manifests as the API server of Kubernetes does when they are created, without a server. It decodes
// them strictly, sets the defaults, runs the strategy of their kind (its validation and its warnings), and asks the evaluator
// of the Pod Security standard that their namespace enforces. It checks custom resources against their definitions.
//
//	api-server-check DEFINITIONS... < MANIFESTS
//
// DEFINITIONS are files with definitions of custom resources, or folders of them. It prints one line a kind with the number of
// its objects. Each fault is a line on the standard error, and makes the exit code 1.
package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
)

func main() {
	faults, err := run(os.Stdin, os.Stdout, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	for _, fault := range faults {
		fmt.Fprintln(os.Stderr, fault)
	}
	if len(faults) > 0 {
		os.Exit(1)
	}
}

// run returns what is wrong with the manifests. An error means that they could not be read.
func run(input io.Reader, output io.Writer, definitionPaths []string) ([]string, error) {
	definitions, err := readDefinitions(definitionPaths)
	if err != nil {
		return nil, err
	}
	manifests, err := readManifests(input)
	if err != nil {
		return nil, err
	}
	if len(manifests) == 0 {
		return nil, errors.New("there are no manifests")
	}
	levels := podSecurityLevels(manifests)
	counts := map[string]int{}
	var faults []string
	for _, manifest := range manifests {
		counts[manifest.GroupVersionKind().String()]++
		for _, fault := range check(manifest, definitions, levels) {
			faults = append(faults, fmt.Sprintf("%s %s: %s", manifest.GetKind(), manifest.GetName(), fault))
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(output, "%4d %s\n", counts[kind], kind)
	}
	return faults, nil
}

func check(manifest manifest, definitions definitions, levels levels) []string {
	if definition, ok := definitions[manifest.GroupVersionKind()]; ok {
		return definition.check(manifest)
	}
	object, err := decode(manifest)
	if err != nil {
		return []string{err.Error()}
	}
	return append(create(object), checkPodSecurity(object, levels.of(manifest.GetNamespace()))...)
}
