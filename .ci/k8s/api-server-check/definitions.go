package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/install"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	schemavalidation "k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime"
	apischema "k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

// definition is one version of a custom resource.
type definition struct {
	structural *schema.Structural
	validator  schemavalidation.SchemaValidator
	rules      *cel.Validator
}

type definitions map[apischema.GroupVersionKind]definition

// readDefinitions reads the definitions of custom resources in files, and in the YAML files of folders.
func readDefinitions(paths []string) (definitions, error) {
	found := definitions{}
	for _, path := range paths {
		files := []string{path}
		if info, err := os.Stat(path); err != nil {
			return nil, err
		} else if info.IsDir() {
			if files, err = filepath.Glob(filepath.Join(path, "*.yaml")); err != nil {
				return nil, err
			}
		}
		for _, file := range files {
			if err := found.read(file); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	return found, nil
}

func (d definitions) read(file string) error {
	text, err := os.ReadFile(file)
	if err != nil || !bytes.Contains(text, []byte("\nkind: CustomResourceDefinition\n")) {
		return err
	}
	manifests, err := readManifests(bytes.NewReader(text))
	if err != nil {
		return err
	}
	scheme := runtime.NewScheme()
	install.Install(scheme)
	decoder := serializer.NewCodecFactory(scheme).UniversalDecoder()
	for _, manifest := range manifests {
		if manifest.GetKind() != "CustomResourceDefinition" {
			continue
		}
		var resource apiextensions.CustomResourceDefinition
		if err := runtime.DecodeInto(decoder, manifest.text, &resource); err != nil {
			return err
		}
		if err := d.add(&resource); err != nil {
			return err
		}
	}
	return nil
}

func (d definitions) add(resource *apiextensions.CustomResourceDefinition) error {
	for _, version := range resource.Spec.Versions {
		described, err := apiextensions.GetSchemaForVersion(resource, version.Name)
		if err != nil || described == nil {
			return fmt.Errorf("%s has no schema: %w", version.Name, err)
		}
		structural, err := schema.NewStructural(described.OpenAPIV3Schema)
		if err != nil {
			return err
		}
		validator, _, err := schemavalidation.NewSchemaValidator(described.OpenAPIV3Schema)
		if err != nil {
			return err
		}
		kind := apischema.GroupVersionKind{Group: resource.Spec.Group, Version: version.Name, Kind: resource.Spec.Names.Kind}
		rules := cel.NewValidator(structural, true, celconfig.PerCallLimit)
		d[kind] = definition{structural: structural, validator: validator, rules: rules}
	}
	return nil
}

// check returns the unknown fields of a custom resource, and what its schema and the rules in the schema refuse.
func (d definition) check(manifest manifest) []string {
	object := manifest.UnstructuredContent()
	options := schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	var faults []string
	for _, path := range pruning.PruneWithOptions(object, d.structural, true, options) {
		faults = append(faults, "unknown field "+path)
	}
	defaulting.Default(object, d.structural)
	errs := schemavalidation.ValidateCustomResource(nil, object, d.validator)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, d.structural, object)...)
	ruleErrs, _ := d.rules.Validate(context.Background(), nil, d.structural, object, nil, celconfig.RuntimeCELCostBudget)
	for _, err := range append(errs, ruleErrs...) {
		faults = append(faults, err.Error())
	}
	return faults
}
