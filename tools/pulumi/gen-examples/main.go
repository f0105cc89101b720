// gen-examples SCHEMA PROGRAMS: reads programs in Pulumi YAML from a file, as a JSON list of texts, and prints for each the same program in
// TypeScript, Python and Go, by Pulumi's own generators.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/blang/semver"
	"github.com/hashicorp/hcl/v2"
	"github.com/pulumi/pulumi-yaml/pkg/pulumiyaml"
	yamlgen "github.com/pulumi/pulumi-yaml/pkg/pulumiyaml/codegen"
	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/pcl"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

type generate func(*pcl.Program) (map[string][]byte, hcl.Diagnostics, error)

var languages = map[string]generate{
	"ts":     nodejs.GenerateProgram,
	"python": python.GenerateProgram,
	"go":     gogen.GenerateProgram,
}

func main() {
	if len(os.Args) != 3 {
		fail(errors.New("usage: gen-examples SCHEMA PROGRAMS"))
	}
	input, err := os.ReadFile(os.Args[2])
	if err != nil {
		fail(err)
	}
	var texts []string
	if err := json.Unmarshal(input, &texts); err != nil {
		fail(err)
	}
	programs := make([]map[string]string, len(texts))
	for index, text := range texts {
		programs[index] = map[string]string{}
		for language, generate := range languages {
			program, err := translated(os.Args[1], text, generate)
			if err != nil {
				fail(fmt.Errorf("%s: %w\n%s", language, err, text))
			}
			programs[index][language] = program
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(programs); err != nil {
		fail(err)
	}
}

// translated binds schema and program anew for each language: generators leave marks of their own in what they are given.
func translated(schemaFile, text string, generate generate) (string, error) {
	loader, err := load(schemaFile)
	if err != nil {
		return "", err
	}
	template, parsed, err := pulumiyaml.LoadYAMLBytes("Pulumi.yaml", []byte(text))
	if err != nil {
		return "", err
	}
	if parsed.HasErrors() {
		return "", parsed
	}
	program, bound, err := yamlgen.EjectProgram(template, loader)
	if err != nil {
		return "", err
	}
	if bound.HasErrors() {
		return "", bound
	}
	files, generated, err := generate(program)
	if err != nil {
		return "", err
	}
	if generated.HasErrors() {
		return "", generated
	}
	if len(files) != 1 {
		return "", fmt.Errorf("%d files where one was expected", len(files))
	}
	for _, contents := range files {
		return string(contents), nil
	}
	return "", nil
}

// one is a loader that knows this package and no other.
type one struct{ pkg *schema.Package }

func load(file string) (one, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return one{}, err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return one{}, err
	}
	pkg, diagnostics, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return one{}, err
	}
	if len(diagnostics) > 0 {
		return one{}, diagnostics
	}
	return one{pkg}, nil
}

func (l one) LoadPackage(name string, _ *semver.Version) (*schema.Package, error) {
	if name != l.pkg.Name {
		return nil, fmt.Errorf("there is no package %s here", name)
	}
	return l.pkg, nil
}

func (l one) LoadPackageV2(_ context.Context, descriptor *schema.PackageDescriptor) (*schema.Package, error) {
	return l.LoadPackage(descriptor.Name, descriptor.Version)
}

func (l one) LoadPackageReference(name string, version *semver.Version) (schema.PackageReference, error) {
	pkg, err := l.LoadPackage(name, version)
	if err != nil {
		return nil, err
	}
	return pkg.Reference(), nil
}

func (l one) LoadPackageReferenceV2(
	_ context.Context, descriptor *schema.PackageDescriptor,
) (schema.PackageReference, error) {
	return l.LoadPackageReference(descriptor.Name, descriptor.Version)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "gen-examples:", err)
	os.Exit(1)
}
