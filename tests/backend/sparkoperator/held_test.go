package sparkoperator

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// This test needs a checkout of the operator's repository, which is not available as a module:
// SPARK_OPERATOR=FOLDER go test .
func TestDeclarationsAreTheOperators(t *testing.T) {
	checkout := os.Getenv("SPARK_OPERATOR")
	if checkout == "" {
		t.Skip("SPARK_OPERATOR names no checkout of the operator")
	}
	for _, folder := range []string{"api/v1beta2", "pkg/common"} {
		theirs := declarations(t, filepath.Join(checkout, folder))
		for name, lines := range declarations(t, folder) {
			there, known := theirs[name]
			if !known {
				t.Errorf("%s: the operator has no %s", folder, name)
			}
			// Our types may omit members, but not move, rename or retype them.
			for _, line := range lines {
				at := slices.Index(there, line)
				if at < 0 {
					t.Errorf("%s: the operator's %s has no member, or not here: %s", folder, name, line)
					continue
				}
				there = there[at+1:]
			}
		}
	}
}

// The exported types and constants of a folder, with their members or values in order.
func declarations(t *testing.T, folder string) map[string][]string {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no Go files in %s: %v", folder, err)
	}
	found := map[string][]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range parsed.Decls {
			if general, ok := declaration.(*ast.GenDecl); ok {
				for _, spec := range general.Specs {
					declare(found, general.Tok, spec)
				}
			}
		}
	}
	return found
}

func declare(found map[string][]string, kind token.Token, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		members, ok := spec.Type.(*ast.StructType)
		if !ok {
			found[spec.Name.Name] = []string{text(spec.Type)}
			return
		}
		lines := []string{}
		for _, field := range members.Fields.List {
			names := ""
			for _, name := range field.Names {
				names += name.Name + " "
			}
			tag := ""
			if field.Tag != nil {
				tag = " " + field.Tag.Value
			}
			lines = append(lines, names+text(field.Type)+tag)
		}
		found[spec.Name.Name] = lines
	case *ast.ValueSpec:
		if kind != token.CONST {
			return
		}
		for index, name := range spec.Names {
			if index < len(spec.Values) && name.IsExported() {
				found[name.Name] = []string{text(spec.Type) + " " + text(spec.Values[index])}
			}
		}
	}
}

func text(expression ast.Expr) string {
	switch expression := expression.(type) {
	case nil:
		return ""
	case *ast.Ident:
		return expression.Name
	case *ast.BasicLit:
		return expression.Value
	case *ast.StarExpr:
		return "*" + text(expression.X)
	case *ast.ArrayType:
		return "[]" + text(expression.Elt)
	case *ast.MapType:
		return "map[" + text(expression.Key) + "]" + text(expression.Value)
	case *ast.SelectorExpr:
		return text(expression.X) + "." + expression.Sel.Name
	default:
		return "?"
	}
}
