-- Primary specialty, its category, and seniority of the people of a forecast.
SELECT f.id AS candidate_id, specialty.tag_id AS specialty_id, specialty.parent_id AS category_id,
       seniority.tag_id AS seniority_id
  FROM forecast_person f
  LEFT JOIN (SELECT ct.candidate_id, min(ct.tag_id) AS tag_id, min(t.parent_id) AS parent_id
               FROM candidate_tag ct
               JOIN tag t ON t.id = ct.tag_id AND t.kind = 'specialty'
              WHERE ct.is_primary
              GROUP BY 1) specialty ON specialty.candidate_id = f.id
  LEFT JOIN (SELECT ct.candidate_id, min(ct.tag_id) AS tag_id
               FROM candidate_tag ct
               JOIN tag t ON t.id = ct.tag_id AND t.kind = 'seniority'
              GROUP BY 1) seniority ON seniority.candidate_id = f.id
