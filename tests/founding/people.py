# SPDX-License-Identifier: Apache-2.0
"""The people of a small organisation: nine of them, and which roles they are to have."""

from __future__ import annotations

ADMINISTRATOR, MANAGER, TOP, OWNER = "paul", "rita", "tina", "olaf"
#: What the administrator gives by hand, since somebody must begin: everything else is assigned by the process for it.
BY_HAND = {ADMINISTRATOR: {"administrator", "user"}, MANAGER: {"sms_manager", "user"}, TOP: {"top_management", "user"}}
NAMES = {
    "paul": "Paul Adler", "rita": "Rita Bach", "tina": "Tina Conrad", "olaf": "Olaf Dahl", "lena": "Lena Ernst",
    "hans": "Hans Frey", "mila": "Mila Graf", "ivan": "Ivan Horn", "dora": "Dora Ilg",
}  # fmt: skip
#: Assigned one by one, as soon as there is an SMS owner to decide on it: these have a part in planning the rest.
EARLY = [("lena", "process_owner"), ("hans", "process_owner"), ("hans", "process_manager"), ("mila", "process_manager"),
         ("dora", "process_manager"), ("tina", "report_recipient")]  # fmt: skip
#: Assigned when the roles are defined (GR4). At least two people have each role where four eyes look.
ASSIGNED = {
    "lena": "csi_manager slm_manager suppm_manager crm_manager agreement_owner spm_manager document_owner",
    "hans": "chm_manager rdm_manager confm_manager ism_manager process_manager document_owner cab ecab security_risk_owner csi_staff",
    "mila": "isrm_manager pm_manager major_incident_coordinator communication_responsible cab service_owner isrm_service_desk crm_staff",
    "ivan": "service_owner ci_owner asset_owner change_owner isrm_second_level isrm_support confm_staff ism_staff capm_staff problem_owner pm_staff "
            "release_owner build_team deployment_team security_control_owner improvement_owner sacm_staff suppm_staff ecab",
    "dora": "srm_manager report_owner capm_manager sacm_manager sac_plan_owner capacity_plan_owner customer_relationship_manager "
            "supplier_relationship_manager release_tester document_owner spm_staff communication_responsible",
    "rita": "document_owner communication_responsible",
    "olaf": "auditor security_risk_owner",
}  # fmt: skip
