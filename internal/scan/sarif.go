package scan

import (
	"bufio"
	"encoding/json"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/lang"
)

// sarif is what code-scanning services read. Source: OASIS SARIF 2.1.0.
type (
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine  int64 `json:"startLine,omitempty"`
		ByteOffset int64 `json:"byteOffset"`
		ByteLength int64 `json:"byteLength"`
	}
	sarifLogical struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
	sarifRule struct {
		ID   string    `json:"id"`
		Text sarifText `json:"shortDescription"`
	}
	sarifNotice struct {
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
)

var sarifLevels = map[detect.Level]string{detect.Certain: "error", detect.Likely: "warning", detect.Possible: "note"}

// WriteSARIF writes the report for programs that show the results of scans
// beside the files. Messages are in the language of p.
func WriteSARIF(w io.Writer, j *Journal, s Summary, p lang.Printer) error {
	b := bufio.NewWriter(w)
	_, _ = b.WriteString(`{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":{"name":"wardfold scan","informationUri":"https://github.com/wardfold/wardfold","rules":`)
	var rules []sarifRule
	for k := range detect.Every.All() {
		rules = append(rules, sarifRule{"wardfold/" + k.String(), sarifText{KindName(p, k)}})
	}
	data, err := json.Marshal(rules)
	if err != nil {
		return err
	}
	_, _ = b.Write(data)
	_, _ = b.WriteString(`}},"columnKind":"utf16CodeUnits","results":[`)
	err = writeList(b, j.Lines(), func(l Line) any {
		switch {
		case l.Finding != nil && !l.Finding.Masked:
			return sarifFinding(p, l.Finding)
		case l.Column != nil:
			return sarifColumn(p, l.Column)
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, _ = b.WriteString(`],"invocations":[{"executionSuccessful":` + strconv.FormatBool(s.Complete()) + `,"toolExecutionNotifications":[`)
	err = writeList(b, j.of("problem"), func(l Line) any {
		if l.Problem.Skipped {
			return nil
		}
		return sarifNotice{"warning", sarifText{ProblemWords(p, l.Problem)}, []sarifLocation{sarifPlace(l.Problem.Location, l.Problem.Location, nil)}}
	})
	if err != nil {
		return err
	}
	_, _ = b.WriteString("]}]}]}\n")
	return b.Flush()
}

func sarifFinding(p lang.Printer, f *Finding) sarifResult {
	text := p.T("scan.sarif.finding", KindName(p, f.Kind), f.Sample, MinorName(p, f.Minor))
	region := &sarifRegion{ByteOffset: f.Start, ByteLength: f.End - f.Start}
	if line, ok := strings.CutPrefix(f.Unit, "L"); ok {
		if n, err := strconv.ParseInt(line, 10, 64); err == nil {
			region.StartLine = n
		}
	}
	rule := "wardfold/" + f.Kind.String()
	if f.Kind == detect.None {
		rule += "planted"
	}
	return sarifResult{rule, sarifLevels[f.Level], sarifText{text},
		[]sarifLocation{sarifPlace(f.Part, f.Location, region)}, map[string]string{"wardfold/v1": f.ID}, suppressed(f.Accepted)}
}

func sarifColumn(p lang.Printer, c *Column) sarifResult {
	text := p.T("scan.sarif.column", c.Column, c.Header, KindName(p, c.Kind), c.Valid)
	return sarifResult{"wardfold/" + c.Kind.String(), sarifLevels[c.Level], sarifText{text},
		[]sarifLocation{sarifPlace(c.Part, c.Location, nil)}, map[string]string{"wardfold/v1": c.ID}, suppressed(c.Accepted)}
}

func suppressed(a *Accepted) []sarifSuppression {
	if a == nil || a.Expired {
		return nil
	}
	return []sarifSuppression{{"external", a.Reason}}
}

// sarifPlace names the outermost file, which exists, and the place within it.
func sarifPlace(part, location string, region *sarifRegion) sarifLocation {
	file, _, nested := strings.Cut(part, "!/")
	file, _, unit := strings.Cut(file, "#")
	if nested || unit {
		region = nil // offsets are not those of the file
	}
	return sarifLocation{sarifPhysical{sarifArtifact{(&url.URL{Path: file}).EscapedPath()}, region}, []sarifLogical{{location}}}
}
