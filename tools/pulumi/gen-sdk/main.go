// gen-sdk SCHEMA DIRECTORY: writes DIRECTORY/python, DIRECTORY/go and DIRECTORY/nodejs from a Pulumi package schema, by Pulumi's own generators,
// which the language hosts of an official installation have inside, too. The last is what `pulumi package add` makes; nothing of it is shipped.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// What stands in the first lines of the files.
const tool = "npm run sdk"

type generate func(*schema.Package) (map[string][]byte, error)

var languages = map[string]generate{
	"go": func(pkg *schema.Package) (map[string][]byte, error) {
		return gogen.GeneratePackage(tool, pkg, nil)
	},
	"python": func(pkg *schema.Package) (map[string][]byte, error) {
		// What is told is a dict, and would lose its method; the generator spells other reserved names so, too.
		python.Keywords.Add("pop")
		return python.GeneratePackage(tool, pkg, nil, nil)
	},
	"nodejs": func(pkg *schema.Package) (map[string][]byte, error) {
		pkg.SupportPack = true
		return nodejs.GeneratePackage(tool, pkg, nil, nil, true, nil)
	},
}

func main() {
	if len(os.Args) != 3 {
		fail(errors.New("usage: gen-sdk SCHEMA DIRECTORY"))
	}
	for language, generate := range languages {
		if err := write(generate, os.Args[1], filepath.Join(os.Args[2], language)); err != nil {
			fail(fmt.Errorf("%s: %w", language, err))
		}
	}
}

// write binds the schema anew for each language: generators leave marks of their own in what they are given.
func write(generate generate, schemaFile, directory string) error {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		return err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return err
	}
	pkg, diagnostics, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return err
	}
	if len(diagnostics) > 0 {
		return diagnostics
	}
	files, err := generate(pkg)
	if err != nil {
		return err
	}
	for name, contents := range files {
		file := filepath.Join(directory, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, contents, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "gen-sdk:", err)
	os.Exit(1)
}
