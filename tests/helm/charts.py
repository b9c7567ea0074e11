"""Small charts that the tests write, for what a real one is made of: objects, a hook that never ends, a mistake."""

from pathlib import Path

_CONFIGMAP = """
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data: {text: "{{ .Values.text }}"}
"""

_HOOK = """
{{- if .Values.hang }}
apiVersion: batch/v1
kind: Job
metadata:
  name: "{{ .Release.Name }}-hook"
  annotations: {"helm.sh/hook": "pre-install,pre-upgrade"}
spec:
  template:
    spec:
      restartPolicy: Never
      nodeSelector: {nowhere: "true"}
      containers: [{name: c, image: none}]
{{- end }}
"""

_MISTAKE = """
{{- if .Values.mistake }}
apiVersion: v1
kind: Service
metadata: {name: "{{ .Release.Name }}"}
spec: {ports: [{port: 99999}]}
{{- end }}
"""


def chart(folder: Path, version: str = "0.1.0") -> Path:
    """The directory of chart `tiny`. Values: text; hang, for a hook Job that cannot be scheduled; mistake."""
    root = folder / f"tiny-{version}"
    (root / "templates").mkdir(parents=True)
    (root / "Chart.yaml").write_text(f"apiVersion: v2\nname: tiny\nversion: {version}\n")
    (root / "values.yaml").write_text("text: default\nhang: false\nmistake: false\n")
    for name, template in {"configmap": _CONFIGMAP, "hook": _HOOK, "mistake": _MISTAKE}.items():
        (root / "templates" / f"{name}.yaml").write_text(template)
    return root
